"""A real WordPress Multisite on loopback, with the plugin of `wordpress/course-sync`."""
