"""The programme as a whole: its document, its changes, its verification. It looks across all packages below and adds no rule of its own."""
