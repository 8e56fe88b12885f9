"""What gunicorn loads: the application, and the thread that takes the spool up."""

from app import create_app
from app.garbage import spare_what_is_loaded
from app.intake.gateways import providers
from app.intake.spool_keeper import SpoolKeeper

application = create_app()
providers()  # loaded before the first message comes, not while it waits
SpoolKeeper(application).start()
spare_what_is_loaded()
