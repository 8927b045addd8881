"""The question bank: questions, their versions, exhibits, and the files they come from."""
