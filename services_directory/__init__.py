"""What the city knows and does: cities, offices, services, hours, slots, appointments, guides."""
