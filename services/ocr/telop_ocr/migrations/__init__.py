"""The history of ocr's database."""
