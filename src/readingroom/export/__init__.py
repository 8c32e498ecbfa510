"""The archive carried elsewhere: the finished site and the archive's content turned into files to hand on."""
