"""Stand-in for WPMS: WordPress Multisite with the routes of the companion plugin `course-sync`."""
