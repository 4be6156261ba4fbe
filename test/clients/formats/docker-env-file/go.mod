module mongogrant/docker-env-file

go 1.19

require github.com/docker/cli v28.2.2+incompatible
