"""Requests in, responses out: fetch, validate, call one service, render."""
