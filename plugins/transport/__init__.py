"""What every client shares: one session, timeouts, retry decisions, redaction and error types."""
