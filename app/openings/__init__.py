"""Opening one sealed thing for one person, with a reason: a recording, a number, a message nobody could decode."""
