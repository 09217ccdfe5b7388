# CVN_PACKAGE(PREFIX, MODULE, DEBIAN-PACKAGE): PREFIX_CFLAGS and PREFIX_LIBS, by pkg-config where the
# library ships a .pc file, by its header and symbol where it does not (libfcgi).
AC_DEFUN([CVN_PACKAGE], [
  m4_if([$1], [FCGI], [
    AC_CHECK_HEADER([fcgiapp.h], [], [AC_MSG_ERROR([libfcgi is missing: apt-get install $3])])
    FCGI_CFLAGS=
    FCGI_LIBS=-lfcgi
    AC_SUBST([FCGI_CFLAGS])
    AC_SUBST([FCGI_LIBS])
  ], [
    PKG_CHECK_MODULES([$1], [$2], [], [AC_MSG_ERROR([$2 is missing: apt-get install $3])])
  ])
])

# CVN_WASM: WASM_CC compiles the core for the browser; the conditional WASM is false where it cannot.
AC_DEFUN([CVN_WASM], [
  AC_ARG_VAR([WASM_CC], [clang with the wasm32-wasi target])
  AC_CHECK_PROGS([WASM_CC], [clang-14 clang])
  AC_CACHE_CHECK([whether $WASM_CC links WebAssembly], [cvn_cv_wasm], [
    AS_ECHO(['int f(int); int f(int a) { return a; }']) > conftest-wasm.c
    AS_IF([$WASM_CC --target=wasm32-wasi -mexec-model=reactor -o conftest.wasm conftest-wasm.c >&AS_MESSAGE_LOG_FD 2>&1],
      [cvn_cv_wasm=yes], [cvn_cv_wasm=no])
    rm -f conftest-wasm.c conftest.wasm
  ])
  AS_IF([test "$cvn_cv_wasm" = no],
    [AC_MSG_WARN([the console's core is not built: apt-get install clang lld wasi-libc libclang-rt-14-dev-wasm32])])
  AM_CONDITIONAL([WASM], [test "$cvn_cv_wasm" = yes])
])
