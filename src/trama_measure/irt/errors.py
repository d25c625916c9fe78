"""What can be wrong with answers or with a request. Each says where, what was found and what was expected."""


class CalibrationRefused(ValueError):
    """These answers cannot be calibrated as asked: an estimate would not exist or could not be trusted."""


class UnreadableCalibration(ValueError):
    """A saved calibration is damaged, or of a version that this one does not read."""
