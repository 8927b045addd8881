"""What only reads: attempts of a person, forms, pools, scores."""
