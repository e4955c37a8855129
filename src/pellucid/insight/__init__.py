"""Floor 7: what people look at. May read everything below; nothing below knows that it exists."""
