"""Know: where are we? Territory, official indicators and the official files they come from.

Rooms: ``territory`` (places, networks, schools, groups of networks), ``indicators`` (definitions, releases,
observations, panorama) and ``sources`` (readers of the official layouts, imports, downloads). Everything here is
public. Below it stands only ``foundation``; accounts, programme and every later phase come in through ``api``.
"""
