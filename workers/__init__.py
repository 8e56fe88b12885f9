"""The zone that understands reports: it faces nothing, holds the private intake key, and may import app."""

import os

# Before NumPy is loaded. Products as small as the engines' gain nothing from a second thread, which would wait for the
# next one at full speed on a processor that another worker could use.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
