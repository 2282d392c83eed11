"""The programme as a whole: its document, its changes, its verification. It looks across every package below and adds no rule of its own."""
