"""What any application needs: settings, database, clock, announcements. It knows no word of loyalty and imports nothing above it."""
