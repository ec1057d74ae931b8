"""The use cases: read what is there, plan (pure), apply, report. Each takes clients, never
connections, and the date, never the clock.
"""
