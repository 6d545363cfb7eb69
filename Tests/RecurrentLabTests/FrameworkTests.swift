import Testing
@testable import RecurrentLab
