"""Files that come with messages: fetched from the provider, sealed as they were, and copied without metadata."""

from workers.attachments.examining import examine_attachment, remake_copy
from workers.attachments.fetching import fetch_attachment

__all__ = ["examine_attachment", "fetch_attachment", "remake_copy"]
