# `cmake --install build/release --prefix /usr` puts everything where Debian's systemd looks for it.
include(GNUInstallDirs)
install(TARGETS larum RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES systemd/larum.service DESTINATION lib/systemd/system)
install(FILES systemd/larum.sysusers DESTINATION lib/sysusers.d RENAME larum.conf)
install(FILES systemd/larum.tmpfiles DESTINATION lib/tmpfiles.d RENAME larum.conf)
install(FILES README.md CHANGELOG.md LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR}/docs)
