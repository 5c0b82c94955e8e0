#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs a program in the root of an image as a container engine does: nothing can be written but the data and /tmp, and
# nobody is root. In a mount namespace of its own.
#   enter.sh ROOT USER DATA PROGRAM [ARGUMENT]...
set -e
root=$1 user=$2 data=$3
shift 3
mount --bind "$root" "$root"
mount -o remount,ro,bind "$root"
mount -t tmpfs tmpfs "$root/tmp"
mount -t tmpfs -o "uid=$user,gid=$user,mode=700" tmpfs "$root$data"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
exec /usr/sbin/chroot "--userspec=$user:$user" "$root" "$@"
