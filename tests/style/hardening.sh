#!/bin/sh
# The program as it is shipped (script/test builds it) carries what the compiler and the linker were asked for, read back
# from its file. What leaves no trace there (-fstack-clash-protection, -ftrivial-auto-var-init) is not told here.
cd "${HROMADA_SOURCE:?}" || exit 1
program=build/hromada objects=build/libhromada.a n=0
if ! [ -x $program ] || ! command -v readelf >/dev/null; then
    echo "1..1"
    echo "ok 1 - hardening # SKIP build/hromada is not built, or readelf is not installed"
    exit 0
fi
tell() { # tell TITLE CODE
    n=$((n + 1))
    if [ "$2" = 0 ]; then echo "ok $n - $1"; else echo "not ok $n - $1"; fi
}
has() { # has OPTIONS PATTERN: does readelf say so of the program?
    readelf -W "$1" $program | grep -Eq "$2"
}
echo 1..8
has -h 'Type: +DYN'; tell "its place in memory is chosen at random (PIE)" $?
has -l 'GNU_RELRO' && has -d 'BIND_NOW|FLAGS_1.*NOW'; tell "what is bound is bound at the start, and read-only then (full RELRO)" $?
has -l 'GNU_STACK.* RW '; tell "the stack is not executable" $?
! has -l 'LOAD.* RWE '; tell "nothing is writable and executable" $?
! has -d 'RPATH|RUNPATH'; tell "no library comes from a folder of ours" $?
has --dyn-syms '__stack_chk_fail'; tell "the stack is guarded" $?
has --dyn-syms '__(memcpy|vsnprintf|snprintf|read|fread)_chk'; tell "calls of libc know the size of what they write to (FORTIFY)" $?
# Whether the whole program is marked is decided by the start files of libc, too, which Debian 12 builds without: there the
# landing pads stand ready and the processor does not ask for them.
case $(uname -m) in
x86_64)
    all=$(ar t $objects | wc -l)
    marked=$(readelf -n $objects | grep -c 'x86 feature:.*IBT, SHSTK')
    [ "$all" -gt 0 ] && [ "$all" = "$marked" ]; tell "each of our $all objects is built for IBT and shadow stacks" $? ;;
*) tell "IBT and shadow stacks # SKIP not this processor's" 0 ;;
esac
