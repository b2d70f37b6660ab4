"""Whether a request keeps the document, in a microsecond where that can be had."""
