"""The storm: every gateway at once, processes killed, providers failing, and a count of what is left."""
