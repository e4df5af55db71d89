// Lets the compiler know what Vite lets us import beside code: style sheets.
/// <reference types="vite/client" />
