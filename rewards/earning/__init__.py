"""Events become awards. One pure decision, one pipeline around it; features that record events know nothing of it."""
