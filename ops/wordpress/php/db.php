<?php
/**
 * Drop-in: SQLite in the place of a database server.
 */

define( 'DB_ENGINE', 'sqlite' );
require STAGE['drop_in'] . '/wp-includes/sqlite/db.php';
