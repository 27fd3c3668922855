"""telop-ocr."""
