"""A phone on the screen, and the part of Twilio that it needs: only where the demonstration is on."""
