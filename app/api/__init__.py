"""What partners' own programs and forms send: `/api/v1`."""
