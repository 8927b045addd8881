"""The question bank: questions, their immutable versions, exhibits, and the files they come from."""
