"""What writes the documents beside the contracts and checks that they, the models and the services agree."""
