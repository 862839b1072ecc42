"""Resources (applications, data, cloud, networks, sites, certificates, products): one store driven by schemas."""
