"""What everybody may read: figures of a period, published by the desk; and the periodic report."""
