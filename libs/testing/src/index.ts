// Waiting, time and chance
