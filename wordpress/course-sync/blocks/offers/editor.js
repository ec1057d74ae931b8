/**
 * The block in the editor: what the server prints, not to be clicked.
 *
 * @since 1.0.0
 */
( function ( wp ) {
	const el = wp.element.createElement;

	wp.blocks.registerBlockType( 'course-sync/offers', {
		edit() {
			const offers = el( wp.serverSideRender, { block: 'course-sync/offers' } );
			return el( 'div', wp.blockEditor.useBlockProps(), el( wp.components.Disabled, null, offers ) );
		},
		save() {
			return null;
		},
	} );
} )( window.wp );
