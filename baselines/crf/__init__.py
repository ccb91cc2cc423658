"""The `crf` baseline: linear-chain CRFs over clitic pieces, logistic regression for links and fields."""
