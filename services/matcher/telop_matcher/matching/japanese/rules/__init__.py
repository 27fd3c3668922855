"""The Japanese rules: each looks at one telop beside the speech around it and says what it suspects."""
