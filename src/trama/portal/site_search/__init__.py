"""What the search of the site finds beside places, networks and schools: pages, experiences, news, technologies."""
