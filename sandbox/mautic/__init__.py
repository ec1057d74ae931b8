"""Stand-in for Mautic's REST API, after recordings of real 5.2.0 and 7.0.2 servers."""
