"""The `transformer` baseline: one encoder, a tagging head per layer over clitic pieces, a pair scorer for links."""
