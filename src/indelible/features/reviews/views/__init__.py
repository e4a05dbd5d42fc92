"""The pages of reviews: the queue, samples, access reviews."""
