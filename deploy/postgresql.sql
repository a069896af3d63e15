-- A role and a database for Green Channel. As the server's administrator, once:
--   psql --set=password="$(openssl rand -hex 24)" --file=deploy/postgresql.sql postgres
-- then HOTLINE_DATABASE=postgresql://hotline:PASSWORD@HOST:5432/hotline; the service makes its tables itself.

\set ON_ERROR_STOP on

CREATE ROLE hotline LOGIN PASSWORD :'password' CONNECTION LIMIT 60;
CREATE DATABASE hotline OWNER hotline ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0;
REVOKE ALL ON DATABASE hotline FROM PUBLIC;

-- A process takes up to 12 connections, and hotline backup, doctor and the like a few for a moment: five processes fit into 60.
-- The server's max_connections must hold them beside what else it serves.

-- What is acknowledged is on the disk: the server's fsync and full_page_writes stay on, and synchronous_commit as well. The service
-- turns synchronous_commit off by itself where a loss would cost nothing but a second attempt.
ALTER DATABASE hotline SET synchronous_commit = on;
