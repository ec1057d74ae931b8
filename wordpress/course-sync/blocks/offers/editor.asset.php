<?php
/**
 * What the block's editor script needs of WordPress.
 *
 * @package Course_Sync
 * @since   1.0.0
 */

return array(
	'dependencies' => array( 'wp-blocks', 'wp-block-editor', 'wp-components', 'wp-element', 'wp-server-side-render' ),
	'version'      => '1.0.0',
);
