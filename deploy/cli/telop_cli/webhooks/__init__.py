"""What a subscriber needs beside a receiver: checking signatures, listening, following a delivery."""
