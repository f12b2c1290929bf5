// facets
