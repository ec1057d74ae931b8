"""Mautic's REST API as it really behaves on 5.2 and 7.x, typed.

`client` holds the connection, one module a subject holds its calls, `hook` makes a client from an
Airflow connection. Method PUT is never used: it blanks what is not sent.
"""
