"""The companion plugin's REST routes on a WordPress Multisite, typed.

`client` holds the connection, one module a subject holds its calls, `hook` makes a client from an
Airflow connection, `mapping` says what of a learner's profile Mautic takes.
"""
