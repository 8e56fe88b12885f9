"""The zone that understands reports: it faces nothing, holds the private intake key, and may import app."""
