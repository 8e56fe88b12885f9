"""Files that come with messages: fetched from the provider, sealed as they were, and copied without metadata."""

from workers.attachments.fetching import fetch_attachment
from workers.attachments.stripping import strip

__all__ = ["fetch_attachment", "strip"]
