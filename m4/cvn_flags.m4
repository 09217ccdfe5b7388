# CVN_STANDARD: the sources are C11; gcc 12 and clang 14 both build them.
AC_DEFUN([CVN_STANDARD], [
  AS_CASE([$ac_cv_prog_cc_stdc], [no], [AC_MSG_ERROR([the C compiler cannot C11: install gcc or clang])])
  CFLAGS="$CFLAGS -std=c11"
])

# CVN_ADD_FLAG(VARIABLE, FLAG): adds FLAG where the compiler takes it without a word.
AC_DEFUN([CVN_ADD_FLAG], [
  AS_VAR_PUSHDEF([cache], [cvn_cv_flag_$2])
  AC_CACHE_CHECK([whether $CC takes $2], [cache], [
    cvn_saved=$CFLAGS
    CFLAGS="$CFLAGS -Werror $2"
    AC_COMPILE_IFELSE([AC_LANG_PROGRAM()], [AS_VAR_SET([cache], [yes])], [AS_VAR_SET([cache], [no])])
    CFLAGS=$cvn_saved
  ])
  AS_VAR_IF([cache], [yes], [AS_VAR_APPEND([$1], [" $2"])])
  AS_VAR_POPDEF([cache])
])

# CVN_WARNINGS: WARN_CFLAGS, errors all of them unless --disable-werror.
AC_DEFUN([CVN_WARNINGS], [
  AC_ARG_ENABLE([werror], [AS_HELP_STRING([--disable-werror], [warnings do not stop the build])])
  m4_foreach_w([flag], [-Wall -Wextra -Wconversion -Wsign-conversion -Wshadow -Wvla -Wformat=2 -Wstrict-prototypes
    -Wmissing-prototypes -Wimplicit-fallthrough -Wnull-dereference -Wundef -Wpointer-arith -Wwrite-strings
    -Wcast-align=strict -Wduplicated-cond -Wlogical-op -Wjump-misses-init -Walloc-zero],
    [CVN_ADD_FLAG([WARN_CFLAGS], flag)])
  AS_IF([test "x$enable_werror" != xno], [WARN_CFLAGS="$WARN_CFLAGS -Werror"])
  AC_SUBST([WARN_CFLAGS])
])

# CVN_HARDENING: HARDEN_CFLAGS, HARDEN_LDFLAGS; --enable-sanitizers replaces them by ASan and UBSan, or with =thread by
# TSan.
AC_DEFUN([CVN_HARDENING], [
  AC_ARG_ENABLE([sanitizers], [AS_HELP_STRING([--enable-sanitizers], [build with ASan and UBSan; =thread: with TSan])])
  AS_CASE([$enable_sanitizers], [yes], [
    HARDEN_CFLAGS="-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer"
    HARDEN_LDFLAGS="-fsanitize=address,undefined"
  ], [thread], [
    HARDEN_CFLAGS="-fsanitize=thread -fno-omit-frame-pointer"
    HARDEN_LDFLAGS="-fsanitize=thread"
  ], [
    HARDEN_CFLAGS="-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2"
    m4_foreach_w([flag], [-fstack-protector-strong -fstack-clash-protection -fcf-protection=full
      -fno-delete-null-pointer-checks -fno-strict-overflow -fno-strict-aliasing],
      [CVN_ADD_FLAG([HARDEN_CFLAGS], flag)])
    HARDEN_LDFLAGS="-Wl,-z,relro,-z,now,-z,noexecstack -Wl,--as-needed"
  ])
  AC_SUBST([HARDEN_CFLAGS])
  AC_SUBST([HARDEN_LDFLAGS])
])
